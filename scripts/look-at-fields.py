#!/usr/bin/env pvpython
"""Looks at the fields of a result with ParaView (5.9 or newer).

    pvpython scripts/look-at-fields.py RESULT [--field T] [--day 7] [--picture fields.png]

prints the times and arrays that ParaView finds in RESULT/fields.xdmf and draws one field at one time: tracks side by side,
their axis on the left of each, depth downwards, millimetres.  Where there is no display, put `xvfb-run -a` in front.
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


def draw(reader, array, day, picture):
    view = simple.CreateView("RenderView")
    view.ViewSize = [1200, 900]
    view.Background = [1, 1, 1]
    view.UseColorPaletteForBackground = 0
    view.OrientationAxesVisibility = 0
    view.ViewTime = day
    shown = simple.Show(reader, view)
    shown.Representation = "Surface"
    simple.ColorBy(shown, ("CELLS", array))
    shown.RescaleTransferFunctionToDataRange(False, True)
    colours = simple.GetColorTransferFunction(array)
    colours.ApplyPreset("Viridis (matplotlib)", True)
    shown.SetScalarBarVisibility(view, True)
    bar = simple.GetScalarBar(colours, view)
    bar.Title = array
    bar.ComponentTitle = ""
    bar.TitleColor = bar.LabelColor = [0, 0, 0]
    axes = view.AxesGrid
    axes.Visibility = 1
    axes.XTitle, axes.YTitle, axes.ZTitle = "from the axis, tracks side by side / mm", "height / mm", ""
    for name in ("XTitleColor", "YTitleColor", "XLabelColor", "YLabelColor", "GridColor"):
        setattr(axes, name, [0.2, 0.2, 0.2])
    label = simple.Text(Text="%s, day %g" % (array, day))
    simple.Show(label, view).Color = [0, 0, 0]
    view.InteractionMode = "2D"
    simple.ResetCamera(view)
    view.CameraParallelScale *= 1.15
    simple.Render(view)
    simple.SaveScreenshot(picture, view)


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
    draw(reader, array, day, options.picture)
    print("drawn to " + options.picture)


main()
