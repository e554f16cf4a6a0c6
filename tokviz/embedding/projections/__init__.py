"""Ways from rows to points. A new one is a file here and a line in `PROJECTIONS`."""

from tokviz.embedding.projections import axes, pca, tsne
from tokviz.embedding.projections.layout import Projection

PROJECTIONS: list[Projection] = [
    pca.PROJECTION,
    tsne.PROJECTION,
    axes.PROJECTION,
]
