"""What ``acopio validate`` found, in the forms people and machines take it in."""
