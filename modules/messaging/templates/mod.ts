/** Messages: contents, variables, saved templates and Meta's utility templates. */
export { checkContent } from "./check_content.ts";
export { checkTranslated, requireDefault } from "./check_translated.ts";
export { type Content, ContentSchema, type Utility } from "./content.ts";
export { readContentRules, storeContent, storeContents, tidyContent } from "./content_store.ts";
export { addressesOf, fillMessage, fillSpot } from "./fill_message.ts";
export { addLibraryFile, pruneUnsentFiles, servePublicImage } from "./media_store.ts";
export { forgetUploads, newUpload, uploadHandler, uploadJob } from "./media_uploads.ts";
export { attachedId, attachFile, type ContentFile } from "./message_form.ts";
export {
  attachShown,
  type ComposedReply,
  composeReply,
  contentOnPage,
  plainReply,
  readReplyContent,
  requestOf,
  shownAs,
  shownOf,
} from "./reply_content.ts";
export { libraryRoutes } from "./routes_library.ts";
export { templatesRoutes } from "./routes_templates.ts";
export { utilityRoutes } from "./routes_utility.ts";
export { LibraryFileResponse } from "./schema_media.ts";
export { showUtility, type UtilityDefinition } from "./utility_form.ts";
export {
  createUtilityHandler,
  createUtilityJob,
  dailyUtilityHandler,
  dailyUtilityJob,
  refreshUtilityHandler,
  refreshUtilityJob,
} from "./utility_jobs.ts";
export { chooseTranslation, translationsOf } from "./translations.ts";
export { isNaming, nameSeconds, valueIn, type Values, valuesOf, valuesSql } from "./variables.ts";
