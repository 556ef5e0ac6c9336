using MnistML.Samples.Reports;

namespace MnistML.Tests.Samples.Reports;

internal sealed class DurationTests
{
    [TestCase(0, "0:00")]
    [TestCase(9.9, "0:09")]
    [TestCase(300, "5:00")]
    [TestCase(3599, "59:59")]
    [TestCase(3900, "1:05:00", Description = "an hour and five minutes")]
    [TestCase(93_784, "26:03:04")]
    public void Format_OfADuration_IsThatOfAClock(double seconds, string expected) =>
        Assert.That(Duration.Format(TimeSpan.FromSeconds(seconds)), Is.EqualTo(expected));
}
