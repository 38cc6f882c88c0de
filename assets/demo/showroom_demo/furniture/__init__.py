"""The furniture: a chair, a sofa and a table, at true size."""
