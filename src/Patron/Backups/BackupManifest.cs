using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Shared;

namespace Patron.Backups;

/// <summary>How a backup was taken.</summary>
[JsonConverter(typeof(LowerCaseNames<BackupKind>))]
internal enum BackupKind
{
    /// <summary>The files of the private PostgreSQL, and the WAL since: can be restored to any moment after it was taken.</summary>
    Base,

    /// <summary>A dump of a database on another server: can be restored to the moment it was taken.</summary>
    Dump,
}

/// <summary>What a backup contains: its <c>backup.json</c>, which is written when everything else is complete.</summary>
internal sealed record BackupManifest
{
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public required BackupKind Kind { get; init; }

    /// <summary>The role whose database this is.</summary>
    [JsonConverter(typeof(LowerCaseNames<ProcessRole>))]
    public required ProcessRole Role { get; init; }

    /// <summary>The version of Patron that took it.</summary>
    public required string Version { get; init; }

    /// <summary>The major version of PostgreSQL.</summary>
    public required int Postgres { get; init; }

    /// <summary>The moment of the counts, and the earliest moment that can be restored.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>The last migration of each module.</summary>
    public required IReadOnlyDictionary<string, string> Migrations { get; init; }

    /// <summary>The rows of each table at the restore point. Null if another long write was running, so no moment could be found.</summary>
    public IReadOnlyDictionary<string, long>? Counts { get; init; }

    /// <summary>The name of the moment of the counts in the WAL of a base.</summary>
    public string? RestorePoint { get; init; }

    /// <summary>Identifies the master key without revealing it.</summary>
    public required string KeyFingerprint { get; init; }

    /// <summary>Whether the master key is in the backup, encrypted with a passphrase.</summary>
    public bool HasKey { get; init; }

    public static BackupManifest? Read(string file)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(File.ReadAllBytes(file), BackupJson.Default.BackupManifest);
            return manifest is { Format: CurrentFormat } ? manifest : null;
        }
        catch (Exception wrong) when (wrong is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>The outcome of the last <c>patron backup --prove</c> in a folder.</summary>
internal sealed record BackupProof(DateTimeOffset At, string Backup, bool Succeeded, string Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BackupManifest))]
[JsonSerializable(typeof(BackupProof))]
[JsonSerializable(typeof(LockedSecrets))]
[JsonSerializable(typeof(Dictionary<string, long>))]
internal sealed partial class BackupJson : JsonSerializerContext;

internal sealed class LowerCaseNames<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower)
    where T : struct, Enum;
