"""What tests of Halflife and of its extensions share: contract checks, fakes that subclass the ports, small policies."""
