"""What people are told and must deal with: an inbox for everybody, and mail beside it where that is set up."""
