using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Patron.Backups;
using Patron.CommandLine.Backups;
using Patron.CommandLine.Duplicates;
using Patron.CommandLine.Imports;
using Patron.CommandLine.Jobs;
using Patron.CommandLine.Sync;
using Patron.Shared.Database.Plans;

namespace Patron.CommandLine;

/// <summary>The JSON of all commands, compiled because reading types at run time costs a command its first tenth of a second.</summary>
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(BackupProof))]
[JsonSerializable(typeof(BackupSummary))]
[JsonSerializable(typeof(CheckResults))]
[JsonSerializable(typeof(ConflictsSummary))]
[JsonSerializable(typeof(DuplicatesSummary))]
[JsonSerializable(typeof(ImportSummary))]
[JsonSerializable(typeof(InvitationList))]
[JsonSerializable(typeof(InviteSummary))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobRowList))]
[JsonSerializable(typeof(JobSummary))]
[JsonSerializable(typeof(LinkSummary))]
[JsonSerializable(typeof(RequestList))]
[JsonSerializable(typeof(MergeLine))]
[JsonSerializable(typeof(MergeList))]
[JsonSerializable(typeof(MigrationPlan))]
[JsonSerializable(typeof(ScanSummary))]
[JsonSerializable(typeof(SettleSummary))]
[JsonSerializable(typeof(SyncStatusSummary))]
[JsonSerializable(typeof(SyncSummary))]
internal sealed partial class CommandJson : JsonSerializerContext;
