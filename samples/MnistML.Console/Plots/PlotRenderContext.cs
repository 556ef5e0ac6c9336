using OxyPlot;
using OxyPlot.SkiaSharp;
using SkiaSharp;

namespace MnistML.Samples.Plots;

/// <summary>
/// OxyPlot's renderer for SkiaSharp, but for texts: OxyPlot looks fonts up by their names in the system, where there may be none, and here
/// they are written in <see cref="PlotFont"/>.
/// </summary>
internal sealed class PlotRenderContext : SkiaRenderContext, IRenderContext
{
    public new OxySize MeasureText(string text, string? fontFamily = null, double fontSize = 10, double fontWeight = FontWeights.Normal)
    {
        if (string.IsNullOrEmpty(text))
        {
            return OxySize.Empty;
        }

        using var paint = CreatePaint(text, fontSize, fontWeight, OxyColors.Black);
        var lines = StringHelper.SplitLines(text);
        return new OxySize(lines.Max(paint.MeasureText), lines.Length * paint.GetFontMetrics(out _));
    }

    public new void DrawText(
        ScreenPoint p,
        string text,
        OxyColor fill,
        string? fontFamily = null,
        double fontSize = 10,
        double fontWeight = FontWeights.Normal,
        double rotation = 0,
        HorizontalAlignment horizontalAlignment = HorizontalAlignment.Left,
        VerticalAlignment verticalAlignment = VerticalAlignment.Top,
        OxySize? maxSize = null)
    {
        if (string.IsNullOrEmpty(text) || !fill.IsVisible())
        {
            return;
        }

        using var paint = CreatePaint(text, fontSize, fontWeight, fill);
        var align = horizontalAlignment switch
        {
            HorizontalAlignment.Left => SKTextAlign.Left,
            HorizontalAlignment.Center => SKTextAlign.Center,
            _ => SKTextAlign.Right,
        };
        var lineHeight = paint.GetFontMetrics(out var metrics);
        var lines = StringHelper.SplitLines(text);
        var heightOfOthers = lineHeight * (lines.Length - 1);
        var baseline = verticalAlignment switch
        {
            VerticalAlignment.Top => -metrics.Ascent,
            VerticalAlignment.Middle => -(metrics.Ascent + metrics.Descent + heightOfOthers) / 2,
            _ => -metrics.Descent - heightOfOthers,
        };

        using var restore = new SKAutoCanvasRestore(SkCanvas);
        SkCanvas.Translate((float)p.X, (float)p.Y);
        SkCanvas.RotateDegrees((float)rotation);
        foreach (var line in lines)
        {
            PlotFont.Draw(SkCanvas, line, 0, baseline, paint, align);
            baseline += lineHeight;
        }
    }

    private static SKPaint CreatePaint(string text, double size, double weight, OxyColor color)
    {
        var paint = PlotFont.CreatePaint((float)size, color.ToSKColor(), text);
        paint.FakeBoldText = weight > FontWeights.Normal;
        return paint;
    }
}
