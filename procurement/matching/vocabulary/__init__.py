"""The words of the sector, as text files that people edit, and what is computed from them."""
