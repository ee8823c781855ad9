"""Image in, plates out: pure functions of pictures, without a database or a web framework.

Pictures are `frame: (H, W, 3) uint8, BGR, origin top left`; boxes are `xyxy`, pixels of the frame;
confidences run from 0 to 1.
"""
