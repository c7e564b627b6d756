"""What a district may set, and the vocabulary of the field."""
