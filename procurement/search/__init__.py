"""The search of the board over texts that it is handed: words, spelling, synonyms and meaning. Knows no framework."""
