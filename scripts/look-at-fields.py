#!/usr/bin/env pvpython
"""Looks at the fields of a result with ParaView (5.9 or newer).

    pvpython scripts/look-at-fields.py RESULT [--field T] [--day 7] [--cut 2.5] [--range 0 40] [--picture fields.png]

prints the times and arrays that ParaView finds in RESULT/fields.xdmf and draws one field at one time, in millimetres.
Tracks stand side by side, their axis on the left of each, depth downwards.  A patch is seen from above, without layers in
which the field does not live, and cut open along x.  Where there is no display, put `xvfb-run -a` in front.
"""
import argparse
import os
import sys

from paraview import simple


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("result", help="result folder of taut run")
    parser.add_argument("--field", help="name of a field, such as T (default: the first)")
    parser.add_argument("--day", type=float, help="time in days; the nearest visit is drawn (default: the last)")
    parser.add_argument("--cut", type=float, help="y in mm at which a patch is cut open (default: where the value is highest, in the front half)")
    parser.add_argument("--range", type=float, nargs=2, metavar=("LOW", "HIGH"), help="range of the colours")
    parser.add_argument("--picture", default="fields.png", help="PNG to write (default: %(default)s)")
    return parser.parse_args()


def choose(names, field):
    """Full array name, such as `T [pg/mm^3]`, of a field."""
    fields = [name for name in names if " [" in name]
    if not fields:
        sys.exit("no field in this result")
    if field is None:
        return fields[0]
    for name in fields:
        if field in (name, name.split(" [")[0]):
            return name
    sys.exit("no field '%s'; there are: %s" % (field, ", ".join(fields)))


def view_of(day):
    view = simple.CreateView("RenderView")
    view.ViewSize = [1200, 900]
    view.Background = [1, 1, 1]
    view.UseColorPaletteForBackground = 0
    view.OrientationAxesVisibility = 0
    view.ViewTime = day
    return view


def colour(shown, view, array, limits):
    simple.ColorBy(shown, ("CELLS", array))
    shown.RescaleTransferFunctionToDataRange(False, True)
    colours = simple.GetColorTransferFunction(array)
    colours.ApplyPreset("Viridis (matplotlib)", True)
    if limits:
        colours.RescaleTransferFunction(*limits)
    shown.SetScalarBarVisibility(view, True)
    bar = simple.GetScalarBar(colours, view)
    bar.Title = array
    bar.ComponentTitle = ""
    bar.TitleColor = bar.LabelColor = [0, 0, 0]


def name_axes(view, *titles):
    axes = view.AxesGrid
    axes.Visibility = 1
    axes.XTitle, axes.YTitle, axes.ZTitle = titles
    for name in ("XTitleColor", "YTitleColor", "ZTitleColor", "XLabelColor", "YLabelColor", "ZLabelColor", "GridColor"):
        setattr(axes, name, [0.2, 0.2, 0.2])


def draw_tracks(reader, array, day, options):
    view = view_of(day)
    shown = simple.Show(reader, view)
    shown.Representation = "Surface"
    colour(shown, view, array, options.range)
    name_axes(view, "from the axis, tracks side by side / mm", "height / mm", "")
    view.InteractionMode = "2D"
    simple.ResetCamera(view)
    view.CameraParallelScale *= 1.15
    return view


def grid_of(reader, array):
    """The grid with the values of an array."""
    grid = reader.GetClientSideObject().GetOutputDataObject(0)
    return grid, grid.GetCellData().GetArray(array)


def highest(reader, array):
    """Middle in y of the cell with the highest value; in the front half, so that most of the block stays."""
    grid, values = grid_of(reader, array)
    nx, ny, _ = (n - 1 for n in grid.GetDimensions())
    rows = {}
    for i in range(values.GetNumberOfTuples()):
        row = i // nx % ny
        rows[row] = max(rows.get(row, values.GetValue(i)), values.GetValue(i))
    front = [row for row in rows if ny // 10 <= row <= ny // 2]
    return grid.GetBounds()[3] * (max(front, key=rows.get) + 0.5) / ny


def layers_of(reader, array):
    """First and last layer in which there is anything: what lies above would hide it."""
    grid, values = grid_of(reader, array)
    layers = grid.GetCellData().GetArray("layer")
    nx, ny, nz = (n - 1 for n in grid.GetDimensions())
    there = set()
    for k in range(nz):
        plane = range(k * nx * ny, (k + 1) * nx * ny)
        if any(values.GetValue(i) != 0 for i in plane):
            there.add(layers.GetTuple1(plane[0]))
    return (min(there), max(there)) if there else (0, 3)


def draw_patch(reader, array, day, options):
    view = view_of(day)
    cut = highest(reader, array) if options.cut is None else options.cut
    print("cut at y = %g mm" % cut)
    lives = simple.Threshold(Input=reader, Scalars=["CELLS", "layer"])
    lives.LowerThreshold, lives.UpperThreshold = layers_of(reader, array)
    half = simple.Clip(Input=lives, ClipType="Plane")
    half.ClipType.Origin = [0, cut, 0]
    half.ClipType.Normal = [0, -1, 0]
    shown = simple.Show(half, view)
    shown.Representation = "Surface"
    shown.Ambient, shown.Diffuse = 1, 0  # colours mean values, so no face may be darker than another
    edge = simple.Show(simple.Outline(Input=half), view)
    edge.AmbientColor = edge.DiffuseColor = [0.2, 0.2, 0.2]
    colour(shown, view, array, options.range)
    name_axes(view, "x / mm", "y / mm", "height / mm")
    low, high = (reader.GetDataInformation().GetBounds()[i::2] for i in (0, 1))
    middle = [(a + b) / 2 for a, b in zip(low, high)]
    size = max(b - a for a, b in zip(low, high))
    view.CameraParallelProjection = 1
    view.CameraFocalPoint = middle
    view.CameraPosition = [middle[0] + 0.6 * size, middle[1] - 2 * size, middle[2] + 1.2 * size]
    view.CameraViewUp = [0, 0, 1]
    simple.ResetCamera(view)
    return view


def main():
    options = arguments()
    path = os.path.join(options.result, "fields.xdmf")
    if not os.path.exists(path):
        sys.exit("%s: not found" % path)
    reader = simple.XDMFReader(FileNames=[path])
    reader.UpdatePipelineInformation()
    times = list(reader.TimestepValues)
    wanted = times[-1] if options.day is None else options.day
    day = min(times, key=lambda t: abs(t - wanted))
    reader.UpdatePipeline(day)
    names = reader.CellData.keys()
    print("days: " + ", ".join("%g" % t for t in times))
    print("arrays: " + ", ".join(names))
    array = choose(names, options.field)
    print("%s on day %g: %g to %g" % ((array, day) + tuple(reader.CellData[array].GetRange(0))))
    low, high = (reader.GetDataInformation().GetBounds()[i::2] for i in (0, 1))
    print("from (%g, %g, %g) to (%g, %g, %g) mm" % (tuple(low) + tuple(high)))
    view = (draw_patch if high[2] > low[2] else draw_tracks)(reader, array, day, options)
    label = simple.Text(Text="%s, day %g" % (array, day))
    simple.Show(label, view).Color = [0, 0, 0]
    simple.Render(view)
    simple.SaveScreenshot(options.picture, view)
    print("drawn to " + options.picture)


main()
