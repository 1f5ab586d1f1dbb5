"""The words of the grammar and what they say, as tables for a Korean reader to mend."""
