using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MnistML.Samples.Reports;

/// <summary>A column of a live display: a few figures beside each bar.</summary>
internal sealed class FiguresColumn : ProgressColumn
{
    private readonly ConcurrentDictionary<int, string> _figures = new();

    protected override bool NoWrap => true;

    public string this[ProgressTask task]
    {
        set => _figures[task.Id] = value;
    }

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(_figures.GetValueOrDefault(task.Id, ""));
}
