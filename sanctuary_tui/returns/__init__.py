"""Returns: what the scheme did in a period, figure by figure, with the cases behind each."""
