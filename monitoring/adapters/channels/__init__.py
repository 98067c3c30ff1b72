"""Where alerts go, one channel a file. What a channel needs to talk is imported when it sends."""
