namespace Patron.Shared.Database;

/// <summary>The present as PostgreSQL keeps it, in microseconds: an answer shows the same time before and after it was stored.</summary>
public static class DatabaseTime
{
    public static DateTimeOffset GetDatabaseNow(this TimeProvider time)
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
