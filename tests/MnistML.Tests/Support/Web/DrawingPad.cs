using Microsoft.Playwright;

namespace MnistML.Tests.Support;

/// <summary>Draws on the page, and reads what the page says.</summary>
internal static class DrawingPad
{
    /// <summary>Draws strokes with the mouse on the page's pad.</summary>
    public static async Task DrawAsync(IPage page, string strokes)
    {
        var answers = await CountAnswersAsync(page);
        var box = (await page.Locator("#pad").BoundingBoxAsync())!;
        foreach (var stroke in HandwrittenDigits.Parse(strokes))
        {
            var points = stroke.Select(
                point => (X: (float)(box.X + (point.X / 100 * box.Width)), Y: (float)(box.Y + (point.Y / 100 * box.Height)))).ToArray();
            await page.Mouse.MoveAsync(points[0].X, points[0].Y);
            await page.Mouse.DownAsync();
            foreach (var (x, y) in points)
            {
                await page.Mouse.MoveAsync(x, y, new MouseMoveOptions { Steps = 3 });
            }

            await page.Mouse.UpAsync();
            answers = await WaitForAnswerAsync(page, answers);
        }
    }

    /// <summary>Draws with a finger.</summary>
    public static async Task TouchAsync(IPage page, string strokes)
    {
        var answers = await CountAnswersAsync(page);
        var box = (await page.Locator("#pad").BoundingBoxAsync())!;
        var session = await page.Context.NewCDPSessionAsync(page);
        foreach (var stroke in HandwrittenDigits.Parse(strokes))
        {
            var type = "touchStart";
            foreach (var (x, y) in stroke)
            {
                await SendAsync(type, new { x = box.X + (x / 100 * box.Width), y = box.Y + (y / 100 * box.Height) });
                type = "touchMove";
            }

            await SendAsync("touchEnd");
            answers = await WaitForAnswerAsync(page, answers);
        }

        Task SendAsync(string type, params object[] touchPoints) => session.SendAsync(
            "Input.dispatchTouchEvent", new Dictionary<string, object> { ["type"] = type, ["touchPoints"] = touchPoints });
    }

    public static async Task ClearAsync(IPage page) => await page.Locator("#clear").ClickAsync();

    /// <summary>What the page says that the digit is.</summary>
    public static async Task<string?> ReadLabelAsync(IPage page) => await page.EvaluateAsync<string?>("document.body.dataset.label");

    /// <summary>Not at each frame, the default: a page that is not in front may draw none.</summary>
    private static async Task<int> WaitForAnswerAsync(IPage page, int before)
    {
        await page.WaitForFunctionAsync(
            "before => Number(document.body.dataset.answers ?? 0) > before",
            before,
            new PageWaitForFunctionOptions { PollingInterval = 20 });
        return await CountAnswersAsync(page);
    }

    private static async Task<int> CountAnswersAsync(IPage page) =>
        await page.EvaluateAsync<int>("Number(document.body.dataset.answers ?? 0)");
}
