"""The flow simulator: the production interpreter in virtual time, one caller at a time, without telephony or an instance."""
