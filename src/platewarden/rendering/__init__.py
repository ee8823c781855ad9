"""Our own licence plates and street scenes, drawn from nothing: no photograph, no font, no person in them.

Pictures are `(H, W, 3) uint8, BGR, origin top left`; masks are `(H, W) uint8`, 255 where there is ink. The same
seed always gives the same picture. `scene.render_scene` draws a street, `plates.render_plate` a plate alone.
"""
