"""The application as the user wants it: frozen values, canonical long form only."""
