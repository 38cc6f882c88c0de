"""The hard goods: eyewear, watch, ring, headphones, bottle, lamp, vase."""
