namespace Patron.Customers.Jobs;

/// <summary>
/// The number of customers of the next batch, adapted so that a batch holds its locks for about 25 ms: other writers wait that long.
/// </summary>
internal sealed class BatchSize
{
    public const int Max = 2000;
    private const int Min = 50;
    private const int Start = 200;
    private const double MaxGrowth = 1.5;
    private const double MinGrowth = 0.25;
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(25);

    private double size = Start;

    /// <summary>At most this many customers; a kind may allow fewer than the minimum.</summary>
    public int AtMost(int max) => Math.Min((int)size, max);

    /// <summary>Adapts the size after a batch of so many customers held its locks for this long.</summary>
    public void Adapt(int customers, TimeSpan held)
    {
        // Of few customers the time says little.
        if (customers >= size / 4)
        {
            size = Math.Clamp(size * Math.Clamp(Target / held, MinGrowth, MaxGrowth), Min, Max);
        }
    }
}
