namespace Patron.IntegrationTests.Hosting;

/// <summary>The real clock, moved by as much as a test says: hours pass without waiting for them.</summary>
public sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
