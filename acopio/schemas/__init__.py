"""The country's schemas as publishers use them: described in words, and as empty templates."""
