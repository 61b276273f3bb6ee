"""The names list: who is photographed, with class, code and contacts, from a table and back."""
