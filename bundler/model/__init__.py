"""The data that flows between the stages: frozen records without behaviour that touches the machine."""
