using System.Text.Json.Serialization;

namespace Patron.Dialects.Portal;

/// <summary>JSON of the portal dialect.</summary>
[JsonSerializable(typeof(CheckEmailRequest))]
[JsonSerializable(typeof(QuickSetupRequest))]
[JsonSerializable(typeof(SetupLinkRequest))]
[JsonSerializable(typeof(SetPasswordRequest))]
[JsonSerializable(typeof(InvitationsRequest))]
[JsonSerializable(typeof(CheckEmailAnswer))]
[JsonSerializable(typeof(ActivatedAnswer))]
[JsonSerializable(typeof(CodeRequiredAnswer))]
[JsonSerializable(typeof(PortalMessageAnswer))]
[JsonSerializable(typeof(InvitedAnswer))]
[JsonSerializable(typeof(InvitationsAnswer))]
[JsonSerializable(typeof(PortalDashboardAnswer))]
[JsonSerializable(typeof(PortalDocumentAnswer))]
[JsonSerializable(typeof(SyncRequest))]
[JsonSerializable(typeof(StartedSyncAnswer))]
[JsonSerializable(typeof(SyncRunsAnswer))]
[JsonSerializable(typeof(FoundSyncAnswer))]
[JsonSerializable(typeof(SyncStatusAnswer))]
[JsonSerializable(typeof(PartnersAnswer))]
[JsonSerializable(typeof(SettleRequest))]
[JsonSerializable(typeof(SettledPartnerAnswer))]
[JsonSerializable(typeof(ChangeRequestsAnswer))]
[JsonSerializable(typeof(AnsweredRequestAnswer))]
[JsonSerializable(typeof(EmailConflictsAnswer))]
internal sealed partial class PortalJson : JsonSerializerContext;
