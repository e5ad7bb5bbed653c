// @ts-nocheck
// Made from schemas/ by `npm run generate`. Do not edit.
"use strict";
export const validate = validate10;
export default validate10;
const schema11 = {"$schema":"http://json-schema.org/draft-07/schema#","title":"Source Chat","description":"Connects to LiveChat, LiveTex or both: fill in the sections of those that you use.","type":"object","required":["start_date"],"additionalProperties":true,"groups":[{"id":"sync","title":"Sync"},{"id":"livechat","title":"LiveChat"},{"id":"livetex","title":"LiveTex"},{"id":"webhooks","title":"Webhooks"}],"properties":{"start_date":{"order":0,"group":"sync","title":"Start Date","description":"The first sync loads the tickets that changed and the chats and leads that began at this time or later (UTC). Later syncs go on from where the last one ended.","type":"string","format":"date-time","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$","pattern_descriptor":"YYYY-MM-DDTHH:mm:ssZ","examples":["2024-01-01T00:00:00Z"]},"livechat":{"order":1,"group":"livechat","title":"LiveChat","description":"Connection to a LiveChat account. Leave it out if you do not use LiveChat.","type":"object","required":["credentials"],"additionalProperties":true,"properties":{"credentials":{"order":0,"title":"Credentials","description":"How source-chat signs in to LiveChat.","type":"object","oneOf":[{"title":"Personal Access Token","description":"The recommended way: loads agents and chats from LiveChat's API v3.6, and tickets from HelpDesk.","type":"object","required":["auth_type","account_id","token"],"additionalProperties":true,"properties":{"auth_type":{"order":0,"title":"Type","type":"string","const":"personal_access_token","default":"personal_access_token"},"account_id":{"order":1,"title":"Account ID","description":"The id of the account that made the token; the LiveChat Developer Console shows it beside the token.","type":"string","pattern":"\\S","pattern_descriptor":"00000000-0000-0000-0000-000000000000","examples":["5f0c8f5e-1c0b-4d1a-9b5e-3c2a1d0e9f87"]},"token":{"order":2,"title":"Personal Access Token","description":"Made in the LiveChat Developer Console with the scopes agents--all:ro, groups--all:ro, chats--all:ro and accounts--my:ro.","type":"string","pattern":"\\S","pattern_descriptor":"the token","airbyte_secret":true}}},{"title":"OAuth 2.0","description":"For an app of your own in the LiveChat Developer Console. Loads the same as a personal access token.","type":"object","required":["auth_type","client_id","client_secret","refresh_token"],"additionalProperties":true,"properties":{"auth_type":{"order":0,"title":"Type","type":"string","const":"oauth2.0","default":"oauth2.0"},"client_id":{"order":1,"title":"Client ID","description":"The id of the app.","type":"string","pattern":"\\S","pattern_descriptor":"the client id","airbyte_secret":true},"client_secret":{"order":2,"title":"Client Secret","description":"The secret of the app.","type":"string","pattern":"\\S","pattern_descriptor":"the client secret","airbyte_secret":true},"refresh_token":{"order":3,"title":"Refresh Token","description":"What the app got when somebody allowed it in. LiveChat may give another one at each sync: Airbyte keeps it, and tap-chat writes it into its configuration file.","type":"string","pattern":"\\S","pattern_descriptor":"the refresh token","airbyte_secret":true}}},{"title":"API Key (REST API v2)","description":"For accounts that still use the LiveChat REST API v2, which the vendor has deprecated. Its tickets have other ids than HelpDesk's.","type":"object","required":["auth_type","login","api_key"],"additionalProperties":true,"properties":{"auth_type":{"order":0,"title":"Type","type":"string","const":"api_key","default":"api_key"},"login":{"order":1,"title":"Login","description":"E-mail address of the agent whose key it is. An owner or administrator sees all agents and tickets; another agent sees only a part.","type":"string","pattern":"\\S","pattern_descriptor":"jane.doe@company.example","examples":["jane.doe@company.example"]},"api_key":{"order":2,"title":"API Key","description":"The agent's API key, or a personal access token made in the LiveChat Developer Console with the scopes agents--all:ro, tickets_read and archives_read.","type":"string","pattern":"\\S","pattern_descriptor":"the key","airbyte_secret":true}}}]},"calls_per_minute":{"order":1,"title":"Calls per Minute","description":"How many API calls source-chat may make in any 60 seconds. Lower it if other tools share the account's limit.","type":"integer","minimum":1,"default":100},"price_per_1000_calls":{"order":2,"title":"Price per 1,000 Calls","description":"What LiveChat charges you for 1,000 API calls, in US dollars. Each sync ends with a line that says what its calls cost.","type":"number","minimum":0,"default":0.27},"silos":{"order":3,"title":"HelpDesk Silos","description":"Where HelpDesk keeps the tickets that are loaded: tickets, archive, spam, trash. Spam is deleted there after 60 days and trash after 30, without a trace. Not for API keys.","type":"array","items":{"title":"Silo","description":"One of HelpDesk's silos.","type":"string","enum":["tickets","archive","spam","trash"]},"minItems":1,"uniqueItems":true,"default":["tickets","archive"]},"lookback_days":{"order":4,"title":"Chat Lookback","description":"Each sync reads the chats of this many days again, because LiveChat does not tell when one was rated, tagged or changed. Older ones are read again while they go on. Chats that stay open for weeks want more.","type":"integer","minimum":0,"maximum":365,"default":3},"open_days":{"order":5,"title":"Days to Follow Open Chats","description":"How many days old a chat may be that is read again because it goes on; not less than the lookback.","type":"integer","minimum":0,"maximum":3650,"default":30,"airbyte_hidden":true},"base_url":{"order":6,"title":"Address of the API","description":"For tests and for companies that reach LiveChat through a gateway of their own. https only, except on this machine.","type":"string","default":"https://api.livechatinc.com","airbyte_hidden":true},"helpdesk_url":{"order":7,"title":"Address of HelpDesk's API","description":"For tests and gateways. https only, except on this machine.","type":"string","default":"https://api.helpdesk.com/v1","airbyte_hidden":true},"accounts_url":{"order":8,"title":"Address of the Sign-in","description":"For tests and gateways: where OAuth tokens are renewed. https only, except on this machine.","type":"string","default":"https://accounts.livechat.com","airbyte_hidden":true},"request_timeout_seconds":{"order":9,"title":"Request Timeout","description":"Seconds to wait for an answer to one call before it is tried again.","type":"number","minimum":0.1,"maximum":600,"default":60,"airbyte_hidden":true}}},"livetex":{"order":2,"group":"livetex","title":"LiveTex","description":"Connection to a LiveTex account. Leave it out if you do not use LiveTex.","type":"object","required":["login","password"],"additionalProperties":true,"properties":{"login":{"order":0,"title":"Login","description":"E-mail address with which you sign in to LiveTex. Use an administrator's login: for anybody else LiveTex leaves out messages, texts of leads and what belongs to other operators.","type":"string","pattern":"\\S","pattern_descriptor":"jane.doe@company.example","examples":["jane.doe@company.example"]},"password":{"order":1,"title":"Password","description":"The password of that login. It is exchanged for a token at each sync.","type":"string","pattern":"\\S","pattern_descriptor":"the password","airbyte_secret":true},"time_zone":{"order":2,"title":"Time Zone","description":"Zone in which LiveTex writes times that name none. Moscow, unless LiveTex support says otherwise.","type":"string","default":"Europe/Moscow","examples":["Europe/Moscow"]},"lookback_days":{"order":3,"title":"Lookback","description":"Each sync reads the chats and leads of this many days again, because LiveTex does not tell when one was rated, closed or changed. Older ones are read again while they are open, and for as many days after they were closed.","type":"integer","minimum":0,"maximum":365,"default":7},"open_days":{"order":4,"title":"Days to Follow Open Chats","description":"How many days old a chat or lead may be that is read again because it is open or was closed lately; not less than the lookback.","type":"integer","minimum":0,"maximum":3650,"default":30,"airbyte_hidden":true},"calls_per_minute":{"order":5,"title":"Calls per Minute","description":"How many API calls source-chat may make in a minute, evenly spread.","type":"integer","minimum":1,"default":120,"airbyte_hidden":true},"page_size":{"order":6,"title":"Page Size","description":"Rows to ask for with each call.","type":"integer","minimum":1,"maximum":100,"default":100,"airbyte_hidden":true},"token_encoding":{"order":7,"title":"Encoding of the Sign-in","description":"How the login is sent: as a form, as multipart, or a form and then multipart where that is refused.","type":"string","enum":["auto","form","multipart"],"default":"auto","airbyte_hidden":true},"http_method":{"order":8,"title":"HTTP Method","description":"Method of the lists: POST, GET, or POST and then GET where that is refused.","type":"string","enum":["auto","post","get"],"default":"auto","airbyte_hidden":true},"base_url":{"order":9,"title":"Address of the API","description":"For tests and for companies that reach LiveTex through a gateway of their own. https only, except on this machine.","type":"string","default":"https://web-api.livetex.ru","airbyte_hidden":true},"request_timeout_seconds":{"order":10,"title":"Request Timeout","description":"Seconds to wait for an answer to one call before it is tried again.","type":"number","minimum":0.1,"maximum":600,"default":60,"airbyte_hidden":true}}},"inbox":{"order":3,"group":"webhooks","title":"Webhook Inbox","description":"Where `source-chat listen` keeps the webhooks that it receives. Fill it in to get livetex_conversations and livechat_events, which exist as webhooks only.","type":"object","oneOf":[{"title":"PostgreSQL","description":"A database that receivers and syncs on any machine share.","type":"object","required":["type","url"],"additionalProperties":true,"properties":{"type":{"order":0,"title":"Type","type":"string","const":"postgres","default":"postgres"},"url":{"order":1,"title":"URL","description":"Address of the database, with user and password.","type":"string","pattern":"^postgres(ql)?://\\S+$","pattern_descriptor":"postgresql://user:password@host:5432/database","airbyte_secret":true}}},{"title":"SQLite","description":"A file on the disk of the machine on which both the receiver and the syncs run.","type":"object","required":["type","path"],"additionalProperties":true,"properties":{"type":{"order":0,"title":"Type","type":"string","const":"sqlite","default":"sqlite"},"path":{"order":1,"title":"Path","description":"Name of the file. Not on a network share.","type":"string","pattern":"\\S","pattern_descriptor":"/var/lib/source-chat/inbox.sqlite","examples":["/var/lib/source-chat/inbox.sqlite"]}}}]},"webhooks":{"order":4,"group":"webhooks","title":"Webhook Receiver","airbyte_hidden":true,"description":"What `source-chat listen` needs to know. Syncs do not use it.","type":"object","additionalProperties":true,"properties":{"livetex_secret":{"order":0,"title":"Secret of the LiveTex Address","description":"Last part of the address to which LiveTex sends: who knows it can send events.","type":"string","airbyte_secret":true,"airbyte_hidden":true,"pattern":"^[A-Za-z0-9_~.-]{16,100}$","pattern_descriptor":"16 to 100 letters, digits, hyphens and underscores"},"livechat_secret":{"order":1,"title":"Secret of the LiveChat Address","description":"Last part of the address to which LiveChat and HelpDesk send: who knows it can send events.","type":"string","airbyte_secret":true,"airbyte_hidden":true,"pattern":"^[A-Za-z0-9_~.-]{16,100}$","pattern_descriptor":"16 to 100 letters, digits, hyphens and underscores"},"livechat_token":{"order":2,"title":"LiveChat Webhook Token","description":"The token that LiveChat's REST API v2 puts into its webhooks. When it is given, webhooks with another one are refused.","type":"string","airbyte_secret":true,"airbyte_hidden":true,"pattern":"\\S","pattern_descriptor":"the token"},"livechat_secret_key":{"order":3,"title":"LiveChat Secret Key","description":"The secret_key with which LiveChat's current webhooks were registered. When it is given, webhooks with another one are refused.","type":"string","airbyte_secret":true,"airbyte_hidden":true,"pattern":"\\S","pattern_descriptor":"the secret key"}}}}};
const pattern0 = new RegExp("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$", "");
const pattern1 = new RegExp("\\S", "");
const pattern10 = new RegExp("^postgres(ql)?://\\S+$", "");
const pattern12 = new RegExp("^[A-Za-z0-9_~.-]{16,100}$", "");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.start_date === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "start_date"},message:"must have required property '"+"start_date"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.start_date !== undefined){
let data0 = data.start_date;
if(typeof data0 === "string"){
if(!pattern0.test(data0)){
const err1 = {instancePath:instancePath+"/start_date",schemaPath:"#/properties/start_date/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$"},message:"must match pattern \""+"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$"+"\""};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath:instancePath+"/start_date",schemaPath:"#/properties/start_date/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.livechat !== undefined){
let data1 = data.livechat;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
if(data1.credentials === undefined){
const err3 = {instancePath:instancePath+"/livechat",schemaPath:"#/properties/livechat/required",keyword:"required",params:{missingProperty: "credentials"},message:"must have required property '"+"credentials"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data1.credentials !== undefined){
let data2 = data1.credentials;
if(!(data2 && typeof data2 == "object" && !Array.isArray(data2))){
const err4 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
const _errs9 = errors;
let valid2 = false;
let passing0 = null;
const _errs10 = errors;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.auth_type === undefined){
const err5 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/required",keyword:"required",params:{missingProperty: "auth_type"},message:"must have required property '"+"auth_type"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data2.account_id === undefined){
const err6 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/required",keyword:"required",params:{missingProperty: "account_id"},message:"must have required property '"+"account_id"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data2.token === undefined){
const err7 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/required",keyword:"required",params:{missingProperty: "token"},message:"must have required property '"+"token"+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data2.auth_type !== undefined){
let data3 = data2.auth_type;
if(typeof data3 !== "string"){
const err8 = {instancePath:instancePath+"/livechat/credentials/auth_type",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/properties/auth_type/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if("personal_access_token" !== data3){
const err9 = {instancePath:instancePath+"/livechat/credentials/auth_type",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/properties/auth_type/const",keyword:"const",params:{allowedValue: "personal_access_token"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data2.account_id !== undefined){
let data4 = data2.account_id;
if(typeof data4 === "string"){
if(!pattern1.test(data4)){
const err10 = {instancePath:instancePath+"/livechat/credentials/account_id",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/properties/account_id/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/livechat/credentials/account_id",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/properties/account_id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data2.token !== undefined){
let data5 = data2.token;
if(typeof data5 === "string"){
if(!pattern1.test(data5)){
const err12 = {instancePath:instancePath+"/livechat/credentials/token",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/properties/token/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/livechat/credentials/token",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/properties/token/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
var _valid0 = _errs10 === errors;
if(_valid0){
valid2 = true;
passing0 = 0;
}
const _errs19 = errors;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.auth_type === undefined){
const err15 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/required",keyword:"required",params:{missingProperty: "auth_type"},message:"must have required property '"+"auth_type"+"'"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data2.client_id === undefined){
const err16 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/required",keyword:"required",params:{missingProperty: "client_id"},message:"must have required property '"+"client_id"+"'"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data2.client_secret === undefined){
const err17 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/required",keyword:"required",params:{missingProperty: "client_secret"},message:"must have required property '"+"client_secret"+"'"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data2.refresh_token === undefined){
const err18 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/required",keyword:"required",params:{missingProperty: "refresh_token"},message:"must have required property '"+"refresh_token"+"'"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data2.auth_type !== undefined){
let data6 = data2.auth_type;
if(typeof data6 !== "string"){
const err19 = {instancePath:instancePath+"/livechat/credentials/auth_type",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/properties/auth_type/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if("oauth2.0" !== data6){
const err20 = {instancePath:instancePath+"/livechat/credentials/auth_type",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/properties/auth_type/const",keyword:"const",params:{allowedValue: "oauth2.0"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data2.client_id !== undefined){
let data7 = data2.client_id;
if(typeof data7 === "string"){
if(!pattern1.test(data7)){
const err21 = {instancePath:instancePath+"/livechat/credentials/client_id",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/properties/client_id/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/livechat/credentials/client_id",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/properties/client_id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data2.client_secret !== undefined){
let data8 = data2.client_secret;
if(typeof data8 === "string"){
if(!pattern1.test(data8)){
const err23 = {instancePath:instancePath+"/livechat/credentials/client_secret",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/properties/client_secret/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/livechat/credentials/client_secret",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/properties/client_secret/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data2.refresh_token !== undefined){
let data9 = data2.refresh_token;
if(typeof data9 === "string"){
if(!pattern1.test(data9)){
const err25 = {instancePath:instancePath+"/livechat/credentials/refresh_token",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/properties/refresh_token/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/livechat/credentials/refresh_token",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/properties/refresh_token/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
else {
const err27 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/1/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
var _valid0 = _errs19 === errors;
if(_valid0 && valid2){
valid2 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid2 = true;
passing0 = 1;
}
const _errs30 = errors;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.auth_type === undefined){
const err28 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/2/required",keyword:"required",params:{missingProperty: "auth_type"},message:"must have required property '"+"auth_type"+"'"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(data2.login === undefined){
const err29 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/2/required",keyword:"required",params:{missingProperty: "login"},message:"must have required property '"+"login"+"'"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(data2.api_key === undefined){
const err30 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/2/required",keyword:"required",params:{missingProperty: "api_key"},message:"must have required property '"+"api_key"+"'"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(data2.auth_type !== undefined){
let data10 = data2.auth_type;
if(typeof data10 !== "string"){
const err31 = {instancePath:instancePath+"/livechat/credentials/auth_type",schemaPath:"#/properties/livechat/properties/credentials/oneOf/2/properties/auth_type/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if("api_key" !== data10){
const err32 = {instancePath:instancePath+"/livechat/credentials/auth_type",schemaPath:"#/properties/livechat/properties/credentials/oneOf/2/properties/auth_type/const",keyword:"const",params:{allowedValue: "api_key"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data2.login !== undefined){
let data11 = data2.login;
if(typeof data11 === "string"){
if(!pattern1.test(data11)){
const err33 = {instancePath:instancePath+"/livechat/credentials/login",schemaPath:"#/properties/livechat/properties/credentials/oneOf/2/properties/login/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath:instancePath+"/livechat/credentials/login",schemaPath:"#/properties/livechat/properties/credentials/oneOf/2/properties/login/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data2.api_key !== undefined){
let data12 = data2.api_key;
if(typeof data12 === "string"){
if(!pattern1.test(data12)){
const err35 = {instancePath:instancePath+"/livechat/credentials/api_key",schemaPath:"#/properties/livechat/properties/credentials/oneOf/2/properties/api_key/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
else {
const err36 = {instancePath:instancePath+"/livechat/credentials/api_key",schemaPath:"#/properties/livechat/properties/credentials/oneOf/2/properties/api_key/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
else {
const err37 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/2/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
var _valid0 = _errs30 === errors;
if(_valid0 && valid2){
valid2 = false;
passing0 = [passing0, 2];
}
else {
if(_valid0){
valid2 = true;
passing0 = 2;
}
}
}
if(!valid2){
const err38 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
else {
errors = _errs9;
if(vErrors !== null){
if(_errs9){
vErrors.length = _errs9;
}
else {
vErrors = null;
}
}
}
}
if(data1.calls_per_minute !== undefined){
let data13 = data1.calls_per_minute;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err39 = {instancePath:instancePath+"/livechat/calls_per_minute",schemaPath:"#/properties/livechat/properties/calls_per_minute/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 1 || isNaN(data13)){
const err40 = {instancePath:instancePath+"/livechat/calls_per_minute",schemaPath:"#/properties/livechat/properties/calls_per_minute/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
}
if(data1.price_per_1000_calls !== undefined){
let data14 = data1.price_per_1000_calls;
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 < 0 || isNaN(data14)){
const err41 = {instancePath:instancePath+"/livechat/price_per_1000_calls",schemaPath:"#/properties/livechat/properties/price_per_1000_calls/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/livechat/price_per_1000_calls",schemaPath:"#/properties/livechat/properties/price_per_1000_calls/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data1.silos !== undefined){
let data15 = data1.silos;
if(Array.isArray(data15)){
if(data15.length < 1){
const err43 = {instancePath:instancePath+"/livechat/silos",schemaPath:"#/properties/livechat/properties/silos/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
const len0 = data15.length;
for(let i0=0; i0<len0; i0++){
let data16 = data15[i0];
if(typeof data16 !== "string"){
const err44 = {instancePath:instancePath+"/livechat/silos/" + i0,schemaPath:"#/properties/livechat/properties/silos/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(!((((data16 === "tickets") || (data16 === "archive")) || (data16 === "spam")) || (data16 === "trash"))){
const err45 = {instancePath:instancePath+"/livechat/silos/" + i0,schemaPath:"#/properties/livechat/properties/silos/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.livechat.properties.silos.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
let i1 = data15.length;
let j0;
if(i1 > 1){
const indices0 = {};
for(;i1--;){
let item0 = data15[i1];
if(typeof item0 !== "string"){
continue;
}
if(typeof indices0[item0] == "number"){
j0 = indices0[item0];
const err46 = {instancePath:instancePath+"/livechat/silos",schemaPath:"#/properties/livechat/properties/silos/uniqueItems",keyword:"uniqueItems",params:{i: i1, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i1+" are identical)"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
break;
}
indices0[item0] = i1;
}
}
}
else {
const err47 = {instancePath:instancePath+"/livechat/silos",schemaPath:"#/properties/livechat/properties/silos/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data1.lookback_days !== undefined){
let data17 = data1.lookback_days;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
const err48 = {instancePath:instancePath+"/livechat/lookback_days",schemaPath:"#/properties/livechat/properties/lookback_days/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 > 365 || isNaN(data17)){
const err49 = {instancePath:instancePath+"/livechat/lookback_days",schemaPath:"#/properties/livechat/properties/lookback_days/maximum",keyword:"maximum",params:{comparison: "<=", limit: 365},message:"must be <= 365"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if(data17 < 0 || isNaN(data17)){
const err50 = {instancePath:instancePath+"/livechat/lookback_days",schemaPath:"#/properties/livechat/properties/lookback_days/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
if(data1.open_days !== undefined){
let data18 = data1.open_days;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
const err51 = {instancePath:instancePath+"/livechat/open_days",schemaPath:"#/properties/livechat/properties/open_days/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 > 3650 || isNaN(data18)){
const err52 = {instancePath:instancePath+"/livechat/open_days",schemaPath:"#/properties/livechat/properties/open_days/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3650},message:"must be <= 3650"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(data18 < 0 || isNaN(data18)){
const err53 = {instancePath:instancePath+"/livechat/open_days",schemaPath:"#/properties/livechat/properties/open_days/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
}
if(data1.base_url !== undefined){
if(typeof data1.base_url !== "string"){
const err54 = {instancePath:instancePath+"/livechat/base_url",schemaPath:"#/properties/livechat/properties/base_url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data1.helpdesk_url !== undefined){
if(typeof data1.helpdesk_url !== "string"){
const err55 = {instancePath:instancePath+"/livechat/helpdesk_url",schemaPath:"#/properties/livechat/properties/helpdesk_url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(data1.accounts_url !== undefined){
if(typeof data1.accounts_url !== "string"){
const err56 = {instancePath:instancePath+"/livechat/accounts_url",schemaPath:"#/properties/livechat/properties/accounts_url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data1.request_timeout_seconds !== undefined){
let data22 = data1.request_timeout_seconds;
if((typeof data22 == "number") && (isFinite(data22))){
if(data22 > 600 || isNaN(data22)){
const err57 = {instancePath:instancePath+"/livechat/request_timeout_seconds",schemaPath:"#/properties/livechat/properties/request_timeout_seconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600},message:"must be <= 600"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
if(data22 < 0.1 || isNaN(data22)){
const err58 = {instancePath:instancePath+"/livechat/request_timeout_seconds",schemaPath:"#/properties/livechat/properties/request_timeout_seconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0.1},message:"must be >= 0.1"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
else {
const err59 = {instancePath:instancePath+"/livechat/request_timeout_seconds",schemaPath:"#/properties/livechat/properties/request_timeout_seconds/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
}
else {
const err60 = {instancePath:instancePath+"/livechat",schemaPath:"#/properties/livechat/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(data.livetex !== undefined){
let data23 = data.livetex;
if(data23 && typeof data23 == "object" && !Array.isArray(data23)){
if(data23.login === undefined){
const err61 = {instancePath:instancePath+"/livetex",schemaPath:"#/properties/livetex/required",keyword:"required",params:{missingProperty: "login"},message:"must have required property '"+"login"+"'"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
if(data23.password === undefined){
const err62 = {instancePath:instancePath+"/livetex",schemaPath:"#/properties/livetex/required",keyword:"required",params:{missingProperty: "password"},message:"must have required property '"+"password"+"'"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(data23.login !== undefined){
let data24 = data23.login;
if(typeof data24 === "string"){
if(!pattern1.test(data24)){
const err63 = {instancePath:instancePath+"/livetex/login",schemaPath:"#/properties/livetex/properties/login/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
else {
const err64 = {instancePath:instancePath+"/livetex/login",schemaPath:"#/properties/livetex/properties/login/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
if(data23.password !== undefined){
let data25 = data23.password;
if(typeof data25 === "string"){
if(!pattern1.test(data25)){
const err65 = {instancePath:instancePath+"/livetex/password",schemaPath:"#/properties/livetex/properties/password/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
else {
const err66 = {instancePath:instancePath+"/livetex/password",schemaPath:"#/properties/livetex/properties/password/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
if(data23.time_zone !== undefined){
if(typeof data23.time_zone !== "string"){
const err67 = {instancePath:instancePath+"/livetex/time_zone",schemaPath:"#/properties/livetex/properties/time_zone/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data23.lookback_days !== undefined){
let data27 = data23.lookback_days;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
const err68 = {instancePath:instancePath+"/livetex/lookback_days",schemaPath:"#/properties/livetex/properties/lookback_days/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 > 365 || isNaN(data27)){
const err69 = {instancePath:instancePath+"/livetex/lookback_days",schemaPath:"#/properties/livetex/properties/lookback_days/maximum",keyword:"maximum",params:{comparison: "<=", limit: 365},message:"must be <= 365"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
if(data27 < 0 || isNaN(data27)){
const err70 = {instancePath:instancePath+"/livetex/lookback_days",schemaPath:"#/properties/livetex/properties/lookback_days/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
}
if(data23.open_days !== undefined){
let data28 = data23.open_days;
if(!(((typeof data28 == "number") && (!(data28 % 1) && !isNaN(data28))) && (isFinite(data28)))){
const err71 = {instancePath:instancePath+"/livetex/open_days",schemaPath:"#/properties/livetex/properties/open_days/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 > 3650 || isNaN(data28)){
const err72 = {instancePath:instancePath+"/livetex/open_days",schemaPath:"#/properties/livetex/properties/open_days/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3650},message:"must be <= 3650"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
if(data28 < 0 || isNaN(data28)){
const err73 = {instancePath:instancePath+"/livetex/open_days",schemaPath:"#/properties/livetex/properties/open_days/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
}
if(data23.calls_per_minute !== undefined){
let data29 = data23.calls_per_minute;
if(!(((typeof data29 == "number") && (!(data29 % 1) && !isNaN(data29))) && (isFinite(data29)))){
const err74 = {instancePath:instancePath+"/livetex/calls_per_minute",schemaPath:"#/properties/livetex/properties/calls_per_minute/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 < 1 || isNaN(data29)){
const err75 = {instancePath:instancePath+"/livetex/calls_per_minute",schemaPath:"#/properties/livetex/properties/calls_per_minute/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
}
if(data23.page_size !== undefined){
let data30 = data23.page_size;
if(!(((typeof data30 == "number") && (!(data30 % 1) && !isNaN(data30))) && (isFinite(data30)))){
const err76 = {instancePath:instancePath+"/livetex/page_size",schemaPath:"#/properties/livetex/properties/page_size/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if((typeof data30 == "number") && (isFinite(data30))){
if(data30 > 100 || isNaN(data30)){
const err77 = {instancePath:instancePath+"/livetex/page_size",schemaPath:"#/properties/livetex/properties/page_size/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
if(data30 < 1 || isNaN(data30)){
const err78 = {instancePath:instancePath+"/livetex/page_size",schemaPath:"#/properties/livetex/properties/page_size/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
}
if(data23.token_encoding !== undefined){
let data31 = data23.token_encoding;
if(typeof data31 !== "string"){
const err79 = {instancePath:instancePath+"/livetex/token_encoding",schemaPath:"#/properties/livetex/properties/token_encoding/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
if(!(((data31 === "auto") || (data31 === "form")) || (data31 === "multipart"))){
const err80 = {instancePath:instancePath+"/livetex/token_encoding",schemaPath:"#/properties/livetex/properties/token_encoding/enum",keyword:"enum",params:{allowedValues: schema11.properties.livetex.properties.token_encoding.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
if(data23.http_method !== undefined){
let data32 = data23.http_method;
if(typeof data32 !== "string"){
const err81 = {instancePath:instancePath+"/livetex/http_method",schemaPath:"#/properties/livetex/properties/http_method/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if(!(((data32 === "auto") || (data32 === "post")) || (data32 === "get"))){
const err82 = {instancePath:instancePath+"/livetex/http_method",schemaPath:"#/properties/livetex/properties/http_method/enum",keyword:"enum",params:{allowedValues: schema11.properties.livetex.properties.http_method.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
if(data23.base_url !== undefined){
if(typeof data23.base_url !== "string"){
const err83 = {instancePath:instancePath+"/livetex/base_url",schemaPath:"#/properties/livetex/properties/base_url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
if(data23.request_timeout_seconds !== undefined){
let data34 = data23.request_timeout_seconds;
if((typeof data34 == "number") && (isFinite(data34))){
if(data34 > 600 || isNaN(data34)){
const err84 = {instancePath:instancePath+"/livetex/request_timeout_seconds",schemaPath:"#/properties/livetex/properties/request_timeout_seconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600},message:"must be <= 600"};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if(data34 < 0.1 || isNaN(data34)){
const err85 = {instancePath:instancePath+"/livetex/request_timeout_seconds",schemaPath:"#/properties/livetex/properties/request_timeout_seconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0.1},message:"must be >= 0.1"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
else {
const err86 = {instancePath:instancePath+"/livetex/request_timeout_seconds",schemaPath:"#/properties/livetex/properties/request_timeout_seconds/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
}
else {
const err87 = {instancePath:instancePath+"/livetex",schemaPath:"#/properties/livetex/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
if(data.inbox !== undefined){
let data35 = data.inbox;
if(!(data35 && typeof data35 == "object" && !Array.isArray(data35))){
const err88 = {instancePath:instancePath+"/inbox",schemaPath:"#/properties/inbox/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
const _errs86 = errors;
let valid10 = false;
let passing1 = null;
const _errs87 = errors;
if(data35 && typeof data35 == "object" && !Array.isArray(data35)){
if(data35.type === undefined){
const err89 = {instancePath:instancePath+"/inbox",schemaPath:"#/properties/inbox/oneOf/0/required",keyword:"required",params:{missingProperty: "type"},message:"must have required property '"+"type"+"'"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if(data35.url === undefined){
const err90 = {instancePath:instancePath+"/inbox",schemaPath:"#/properties/inbox/oneOf/0/required",keyword:"required",params:{missingProperty: "url"},message:"must have required property '"+"url"+"'"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
if(data35.type !== undefined){
let data36 = data35.type;
if(typeof data36 !== "string"){
const err91 = {instancePath:instancePath+"/inbox/type",schemaPath:"#/properties/inbox/oneOf/0/properties/type/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
if("postgres" !== data36){
const err92 = {instancePath:instancePath+"/inbox/type",schemaPath:"#/properties/inbox/oneOf/0/properties/type/const",keyword:"const",params:{allowedValue: "postgres"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
if(data35.url !== undefined){
let data37 = data35.url;
if(typeof data37 === "string"){
if(!pattern10.test(data37)){
const err93 = {instancePath:instancePath+"/inbox/url",schemaPath:"#/properties/inbox/oneOf/0/properties/url/pattern",keyword:"pattern",params:{pattern: "^postgres(ql)?://\\S+$"},message:"must match pattern \""+"^postgres(ql)?://\\S+$"+"\""};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
else {
const err94 = {instancePath:instancePath+"/inbox/url",schemaPath:"#/properties/inbox/oneOf/0/properties/url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
}
else {
const err95 = {instancePath:instancePath+"/inbox",schemaPath:"#/properties/inbox/oneOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
var _valid1 = _errs87 === errors;
if(_valid1){
valid10 = true;
passing1 = 0;
}
const _errs94 = errors;
if(data35 && typeof data35 == "object" && !Array.isArray(data35)){
if(data35.type === undefined){
const err96 = {instancePath:instancePath+"/inbox",schemaPath:"#/properties/inbox/oneOf/1/required",keyword:"required",params:{missingProperty: "type"},message:"must have required property '"+"type"+"'"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
if(data35.path === undefined){
const err97 = {instancePath:instancePath+"/inbox",schemaPath:"#/properties/inbox/oneOf/1/required",keyword:"required",params:{missingProperty: "path"},message:"must have required property '"+"path"+"'"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
if(data35.type !== undefined){
let data38 = data35.type;
if(typeof data38 !== "string"){
const err98 = {instancePath:instancePath+"/inbox/type",schemaPath:"#/properties/inbox/oneOf/1/properties/type/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
if("sqlite" !== data38){
const err99 = {instancePath:instancePath+"/inbox/type",schemaPath:"#/properties/inbox/oneOf/1/properties/type/const",keyword:"const",params:{allowedValue: "sqlite"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
if(data35.path !== undefined){
let data39 = data35.path;
if(typeof data39 === "string"){
if(!pattern1.test(data39)){
const err100 = {instancePath:instancePath+"/inbox/path",schemaPath:"#/properties/inbox/oneOf/1/properties/path/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
else {
const err101 = {instancePath:instancePath+"/inbox/path",schemaPath:"#/properties/inbox/oneOf/1/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
}
else {
const err102 = {instancePath:instancePath+"/inbox",schemaPath:"#/properties/inbox/oneOf/1/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
var _valid1 = _errs94 === errors;
if(_valid1 && valid10){
valid10 = false;
passing1 = [passing1, 1];
}
else {
if(_valid1){
valid10 = true;
passing1 = 1;
}
}
if(!valid10){
const err103 = {instancePath:instancePath+"/inbox",schemaPath:"#/properties/inbox/oneOf",keyword:"oneOf",params:{passingSchemas: passing1},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
else {
errors = _errs86;
if(vErrors !== null){
if(_errs86){
vErrors.length = _errs86;
}
else {
vErrors = null;
}
}
}
}
if(data.webhooks !== undefined){
let data40 = data.webhooks;
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
if(data40.livetex_secret !== undefined){
let data41 = data40.livetex_secret;
if(typeof data41 === "string"){
if(!pattern12.test(data41)){
const err104 = {instancePath:instancePath+"/webhooks/livetex_secret",schemaPath:"#/properties/webhooks/properties/livetex_secret/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_~.-]{16,100}$"},message:"must match pattern \""+"^[A-Za-z0-9_~.-]{16,100}$"+"\""};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
else {
const err105 = {instancePath:instancePath+"/webhooks/livetex_secret",schemaPath:"#/properties/webhooks/properties/livetex_secret/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
if(data40.livechat_secret !== undefined){
let data42 = data40.livechat_secret;
if(typeof data42 === "string"){
if(!pattern12.test(data42)){
const err106 = {instancePath:instancePath+"/webhooks/livechat_secret",schemaPath:"#/properties/webhooks/properties/livechat_secret/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_~.-]{16,100}$"},message:"must match pattern \""+"^[A-Za-z0-9_~.-]{16,100}$"+"\""};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
else {
const err107 = {instancePath:instancePath+"/webhooks/livechat_secret",schemaPath:"#/properties/webhooks/properties/livechat_secret/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
if(data40.livechat_token !== undefined){
let data43 = data40.livechat_token;
if(typeof data43 === "string"){
if(!pattern1.test(data43)){
const err108 = {instancePath:instancePath+"/webhooks/livechat_token",schemaPath:"#/properties/webhooks/properties/livechat_token/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
else {
const err109 = {instancePath:instancePath+"/webhooks/livechat_token",schemaPath:"#/properties/webhooks/properties/livechat_token/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
if(data40.livechat_secret_key !== undefined){
let data44 = data40.livechat_secret_key;
if(typeof data44 === "string"){
if(!pattern1.test(data44)){
const err110 = {instancePath:instancePath+"/webhooks/livechat_secret_key",schemaPath:"#/properties/webhooks/properties/livechat_secret_key/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
else {
const err111 = {instancePath:instancePath+"/webhooks/livechat_secret_key",schemaPath:"#/properties/webhooks/properties/livechat_secret_key/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
}
else {
const err112 = {instancePath:instancePath+"/webhooks",schemaPath:"#/properties/webhooks/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
}
else {
const err113 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}
