"""What flows reach outside the application: functions and bots."""
