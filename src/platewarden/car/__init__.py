"""The alert on a patrol vehicle's terminal: one alert, three buttons, worked by touch or by three keys."""
