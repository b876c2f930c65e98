"""What may be stored: each field's checks, with CKAN's own words for what is wrong."""
