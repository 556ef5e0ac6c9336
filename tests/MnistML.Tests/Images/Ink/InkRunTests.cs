using MnistML.Images.Ink;

namespace MnistML.Tests.Images.Ink;

internal sealed class InkRunTests
{
    [Test]
    public void FindAll_GivesEachColumnsRuns_AlsoThoseAtTheEdges()
    {
        string[] rows =
        [
            "#..#",
            "#.##",
            "..#.",
            "#.##",
        ];
        var image = new GreyImage(4, 4);
        for (var y = 0; y < 4; y++)
        {
            for (var x = 0; x < 4; x++)
            {
                image.Values[(y * 4) + x] = rows[y][x] == '#' ? 0.5f : 0;
            }
        }

        Assert.That(
            InkRun.FindAll(image),
            Is.EquivalentTo(
            [
                new InkRun(0, 0, 1), new InkRun(0, 3, 3), new InkRun(2, 1, 3), new InkRun(3, 0, 1), new InkRun(3, 3, 3),
            ]));
    }
}
