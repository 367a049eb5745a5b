"""What one file says about what it needs, from its bytes alone; other Pythons run what reads source here.

So readers use the standard library only. What they read is kept by `store.py` until any code here changes.
"""
