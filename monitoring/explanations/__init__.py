"""One case of one version, explained, and the claims that state what the explanation concludes."""
