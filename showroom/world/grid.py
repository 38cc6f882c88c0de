"""The cells of a floor: who is whose neighbour, worked out once."""

import math

import numpy as np

from showroom.world.blocks import Ints


class Grid:
    """
    Square cells over a rectangle; number = row x columns + column.

    Parameters
    ----------
    size_cm
        Extent along x and z.
    cell_cm
        Edge of a cell.
    """

    def __init__(self, size_cm: tuple[int, int], cell_cm: int) -> None:
        self.cell_cm = cell_cm
        self.columns = max(math.ceil(size_cm[0] / cell_cm), 1)
        self.rows = max(math.ceil(size_cm[1] / cell_cm), 1)
        self.count = self.columns * self.rows
        row, column = np.divmod(np.arange(self.count), self.columns)
        left, right = (
            np.maximum(column - 1, 0),
            np.minimum(column + 1, self.columns - 1),
        )
        self.begins = np.zeros((3, self.count), np.int64)
        """Of each row of a neighbourhood the first cell, and one after the last; 0 and 0 outside of the floor."""
        self.ends = np.zeros((3, self.count), np.int64)
        self.around = np.full((9, self.count), self.count)
        """The cells of a neighbourhood in the order of a mask's bits; ``count`` outside of the floor."""
        for line in range(3):
            other = row + line - 1
            there = (other >= 0) & (other < self.rows)
            self.begins[line] = np.where(there, other * self.columns + left, 0)
            self.ends[line] = np.where(there, other * self.columns + right + 1, 0)
            for place in range(3):
                beside = column + place - 1
                inside = there & (beside >= 0) & (beside < self.columns)
                self.around[line * 3 + place] = np.where(inside, other * self.columns + beside, self.count)

    def at(self, x_cm: Ints, z_cm: Ints) -> Ints:
        """The cell of each place on the floor."""
        column = np.minimum(x_cm // self.cell_cm, self.columns - 1)
        cells: Ints = np.minimum(z_cm // self.cell_cm, self.rows - 1) * self.columns + column
        return cells

    def apart(self, cell: int, other: int) -> int:
        """How many cells lie between, diagonals counted as one: 1 for neighbours."""
        across = abs(cell % self.columns - other % self.columns)
        return max(across, abs(cell // self.columns - other // self.columns))
