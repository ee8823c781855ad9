"""A camera's side: pictures in, recognition, submission to the server. Knows no Django and no database."""
