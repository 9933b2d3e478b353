"""Map, flows, bars and lines as SVG text: numbers in, text out."""
