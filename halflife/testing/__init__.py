"""What tests of Halflife and of its extensions share: contract checks, fakes that subclass the ports, small worlds.

A feed, a channel, a store, a registry, a ledger or a statistic of another package is tested as ours are. A check is a plain
function: its first line states a fact, and it raises AssertionError, with a sentence, where that is not so. Lists of them
are there to be parametrized over; what they take is told at the top of their module:

======================= ==============================================================================================
`statistic_checks`      a statistic, by claims that ask for it
`feed_checks`           a feed: any tick without the ones before it, ids, labels, schema
`channel_checks`        a channel, with its other side: an alert once, whole, with its key, or why not, and no secret
`store_checks`          what is put into a store: rows exactly once, labels whenever they come, bad rows aside
`store_reading_checks`  what is read from a store, from a cache before it, or of its past
`shadows_checks`        where shadows are kept: whole, in order, until they are thinned
`registry_checks`       a registry: once, the same model back, tags
`ledger_checks`         a ledger: findings, checks, and (`ledger_finding_checks`, `ledger_record_checks`) all else
`ledger_content`        what two ledgers must agree on when the same things happened to both
`fakes`                 a feed of given frames; a channel, a registry and a reporter that remember what they were asked
`contexts`              a whole small context in a folder, to run steps on
`policies`              small policies, by short names
`small_model`           a small fitted model, and rows that it has not seen
`asserting`             what checks of your own can assert with
`*_specimens`           what the checks of a `statistic_specimens`, `store_specimens`, `ledger_specimens` are made on
======================= ==============================================================================================

In a package of yours, with pytest (which this one does not need)::

    import pytest
    from halflife.testing.feed_checks import feed_checks
    from tide import TideFeed

    @pytest.mark.parametrize("check", feed_checks())
    def test_the_feed_keeps_the_contract(check, tmp_path):
        check(lambda: TideFeed(tmp_path))

and without it:

>>> from halflife.testing.fakes import FramesFeed
>>> from halflife.testing.feed_checks import feed_checks
>>> from halflife.testing.small_model import SCHEMA, small_rows
>>> frames = [small_rows(20, seed=1), small_rows(20, seed=2, first=50_000)]
>>> for check in feed_checks():
...     check(lambda: FramesFeed(SCHEMA, frames))

A feed that breaks the contract is told so:

>>> from halflife.testing.feed_checks import names_rows_by_text
>>> names_rows_by_text(lambda: FramesFeed(SCHEMA, [frames[0], frames[0]]))
Traceback (most recent call last):
AssertionError: tick 1 has ids that came before: ['41000', '41001', '41002']
"""
