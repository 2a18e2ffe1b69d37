"""The JSON Schemas and clause catalogues that ship with docctl: data only, installed as docctl.schema."""
