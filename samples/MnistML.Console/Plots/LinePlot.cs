using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using SkiaSharp;

namespace MnistML.Samples.Plots;

/// <summary>Lines over epochs, each in a band that shows its spread.</summary>
internal sealed record LinePlot
{
    public const int Width = 720;
    public const int Height = 420;

    private const double FontSize = 13;
    private const double TitleFontSize = 16;
    private const double LineWidth = 2;
    private const double MarkerSize = 3.5;
    private const byte BandOpacity = 48;

    /// <summary>About as many pixels between two numbers of an axis as a number with its surroundings needs.</summary>
    private const int TickPixels = 40;

    /// <summary>Free room above and below the lines, as a share of the axis.</summary>
    private const double VerticalPadding = 0.06;

    /// <summary>Free room before the first and behind the last epoch, in epochs.</summary>
    private const double HorizontalPadding = 0.5;

    private const double SidePadding = 20;

    /// <summary>The colours of Okabe and Ito that are strong enough on white: they can be told apart by colour-blind people too.</summary>
    private static readonly string[] Colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"];

    private static readonly MarkerType[] Markers = [MarkerType.Circle, MarkerType.Square, MarkerType.Triangle, MarkerType.Diamond];

    public required string Title { get; init; }

    /// <summary>What the horizontal axis counts; it has whole numbers only.</summary>
    public string HorizontalTitle { get; init; } = "Epoch";

    /// <summary>What the vertical axis shows, with its unit.</summary>
    public required string VerticalTitle { get; init; }

    /// <summary>How numbers of the vertical axis are written, as .NET's format strings; null for as OxyPlot chooses.</summary>
    public string? VerticalFormat { get; init; }

    public required IReadOnlyList<PlotLine> Lines { get; init; }

    /// <summary>Writes the plot, as SVG or PNG by the path's ending.</summary>
    public void Write(string path) => WriteAll(path, [this]);

    /// <summary>Writes plots below each other into one picture.</summary>
    public static void WriteAll(string path, IReadOnlyList<LinePlot> plots) =>
        PictureFile.Write(path, Width, Height * plots.Count, canvas =>
    {
        foreach (var plot in plots)
        {
            plot.Draw(canvas);
            canvas.Translate(0, Height);
        }
    });

    private void Draw(SKCanvas canvas)
    {
        using var context = new PlotRenderContext { SkCanvas = canvas };
        IPlotModel model = CreateModel();
        model.Update(updateData: true);
        model.Render(context, new OxyRect(0, 0, Width, Height));
    }

    private PlotModel CreateModel()
    {
        var model = new PlotModel
        {
            Title = PlotFont.Wrap(Title, (float)TitleFontSize, (float)(Width - (2 * SidePadding))),
            TitleFontSize = TitleFontSize,
            TitleHorizontalAlignment = TitleHorizontalAlignment.CenteredWithinView,
            TitleFontWeight = FontWeights.Normal,
            DefaultFont = PlotFont.Family,
            DefaultFontSize = FontSize,
            Background = OxyColors.White,
            PlotAreaBorderColor = OxyColors.Gray,
            Padding = new OxyThickness(SidePadding / 2, 10, SidePadding, 10),
        };
        model.Axes.Add(CreateHorizontalAxis());
        model.Axes.Add(CreateAxis(AxisPosition.Left, VerticalTitle, VerticalFormat));
        model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.BottomCenter,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendFontSize = FontSize,
            IsLegendVisible = Lines.Count > 1,
        });
        foreach (var (index, line) in Lines.Index().Where(entry => entry.Item.Points.Any(point => point.Spread > 0)))
        {
            model.Series.Add(CreateBand(line, ColorOf(index)));
        }

        foreach (var (index, line) in Lines.Index())
        {
            model.Series.Add(CreateLine(line, ColorOf(index), Markers[index % Markers.Length]));
        }

        return model;
    }

    private LinearAxis CreateHorizontalAxis()
    {
        var axis = CreateAxis(AxisPosition.Bottom, HorizontalTitle, format: "0");
        axis.MinimumMajorStep = 1;
        var xs = Lines.SelectMany(line => line.Points).Select(point => point.X).DefaultIfEmpty();
        axis.Minimum = xs.Min() - HorizontalPadding;
        axis.Maximum = xs.Max() + HorizontalPadding;
        return axis;
    }

    private static LinearAxis CreateAxis(AxisPosition position, string title, string? format) => new()
    {
        Position = position,
        Title = title,
        StringFormat = format,
        IntervalLength = TickPixels,
        MinimumPadding = VerticalPadding,
        MaximumPadding = VerticalPadding,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = OxyColor.FromRgb(0xE5, 0xE5, 0xE5),
        MinorTickSize = 0,
        TicklineColor = OxyColors.Gray,
        AxisTitleDistance = 8,
    };

    private static OxyColor ColorOf(int index) => OxyColor.Parse(Colors[index % Colors.Length]);

    private static AreaSeries CreateBand(PlotLine line, OxyColor color)
    {
        var band = new AreaSeries { Fill = OxyColor.FromAColor(BandOpacity, color), StrokeThickness = 0, Color = OxyColors.Transparent };
        band.Points.AddRange(line.Points.Select(point => new DataPoint(point.X, point.Y + point.Spread)));
        band.Points2.AddRange(line.Points.Select(point => new DataPoint(point.X, point.Y - point.Spread)));
        return band;
    }

    private static LineSeries CreateLine(PlotLine line, OxyColor color, MarkerType marker)
    {
        var series = new LineSeries
        {
            Title = line.Name,
            Color = color,
            StrokeThickness = LineWidth,
            MarkerType = marker,
            MarkerSize = MarkerSize,
            MarkerFill = color,
        };
        series.Points.AddRange(line.Points.Select(point => new DataPoint(point.X, point.Y)));
        return series;
    }
}
