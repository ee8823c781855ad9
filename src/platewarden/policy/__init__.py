"""The agency's written policy as pure functions: facts, parameters and the time go in, a Decision comes out.

One module a chapter of `policy/policy.md`. A rule quotes its clause in its docstring; the traceability check
fails when the quotation and the policy differ. Nothing here imports Django or touches the outside world.
"""
