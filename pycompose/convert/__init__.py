"""From the model to the Engine API's JSON bodies, and to the document that is hashed; pure."""
