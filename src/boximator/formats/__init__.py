"""Other people's track files and control files <-> scenes, one small file each; `index` lists them."""
