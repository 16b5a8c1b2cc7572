"""`python -m boximator` is the command line too."""

from boximator.cli.start import main

if __name__ == "__main__":
    main()
