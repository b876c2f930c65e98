"""The built-in portal: a catalogue that speaks CKAN's Action API, and its pages."""
