using System.Data.Common;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>Settings of reads from replicas; section <c>Reads</c>.</summary>
public sealed class ReadOptions
{
    private const string Name = "ConnectionStrings:PatronReads";
    private static readonly TimeSpan MinLag = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxLag = TimeSpan.FromMinutes(10);

    /// <summary>How old the answer of a replica may be, for callers who bring no position.</summary>
    public TimeSpan MostLag { get; set; } = MinLag;

    /// <summary>
    /// The first contradiction in these settings or the connection string of the replicas, as a sentence; null if there is none.
    /// </summary>
    public string? Contradiction(string? primary, string? reads)
    {
        if (MostLag < MinLag || MostLag > MaxLag)
        {
            return "Reads:MostLag must be between 2 seconds and 10 minutes, such as 00:00:02.";
        }

        if (reads is null)
        {
            return null;
        }

        if (primary is null)
        {
            return $"{Name} is set but ConnectionStrings:Patron is not: the private PostgreSQL has no replicas.";
        }

        try
        {
            return Contradiction(new NpgsqlConnectionStringBuilder(primary), new NpgsqlConnectionStringBuilder(reads));
        }
        catch (ArgumentException)
        {
            return $"{Name} must be a connection string such as 'Host=replica1.example.com,replica2.example.com;Load Balance Hosts=true'.";
        }
    }

    /// <summary>
    /// The connection string of the replicas. What it leaves out, such as the database and the user, is as for the primary. Several hosts
    /// prefer a standby unless it says otherwise.
    /// </summary>
    internal static NpgsqlConnectionStringBuilder Combine(NpgsqlConnectionStringBuilder primary, string reads)
    {
        var combined = new NpgsqlConnectionStringBuilder(primary.ConnectionString);
        combined.Remove("Target Session Attributes");
        var given = new DbConnectionStringBuilder { ConnectionString = reads };
        foreach (string key in given.Keys)
        {
            combined[key] = given[key];
        }

        if (combined.TargetSessionAttributes is null && HasSeveralHosts(combined))
        {
            combined.TargetSessionAttributes = "prefer-standby";
        }

        return combined;
    }

    private static string? Contradiction(NpgsqlConnectionStringBuilder primary, NpgsqlConnectionStringBuilder reads)
    {
        if (string.IsNullOrEmpty(reads.Host))
        {
            return $"{Name} must name the hosts of the replicas, such as 'Host=replica1.example.com,replica2.example.com'.";
        }

        if (reads.TargetSessionAttributes is "primary" or "read-write" or "prefer-primary")
        {
            return $"{Name} has 'Target Session Attributes={reads.TargetSessionAttributes}', which leads to the primary. Use 'prefer-standby', or leave it out.";
        }

        return reads.Database is { } database && database != primary.Database
            ? $"{Name} names the database {database}, but ConnectionStrings:Patron names {primary.Database}. A replica has the same databases as its primary."
            : null;
    }

    private static bool HasSeveralHosts(NpgsqlConnectionStringBuilder settings) =>
        settings.Host?.Contains(',', StringComparison.Ordinal) == true;
}
