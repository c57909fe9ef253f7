"""Rankings from stored results, without computing any energy again."""
