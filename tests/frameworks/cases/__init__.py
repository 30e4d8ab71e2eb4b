"""The cases, a file a framework. They import their framework when they are run."""
