"""The search of the board over texts that are handed to it: words, spelling, synonyms and meaning. Knows no framework."""
