"""Recordings: started inside Asterisk, joined to one stereo file when they are over."""
