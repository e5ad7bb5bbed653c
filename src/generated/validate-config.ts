// @ts-nocheck
// Made from schemas/ by `npm run generate`. Do not edit.
"use strict";
export const validate = validate10;
export default validate10;
const schema11 = {"$schema":"http://json-schema.org/draft-07/schema#","title":"Source Chat","description":"Connects to LiveChat: fill in the section below.","type":"object","required":["start_date"],"additionalProperties":true,"groups":[{"id":"sync","title":"Sync"},{"id":"livechat","title":"LiveChat"}],"properties":{"start_date":{"order":0,"group":"sync","title":"Start Date","description":"The first sync loads what changed at this time or later (UTC). Later syncs go on from where the last one ended.","type":"string","format":"date-time","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$","pattern_descriptor":"YYYY-MM-DDTHH:mm:ssZ","examples":["2024-01-01T00:00:00Z"]},"livechat":{"order":1,"group":"livechat","title":"LiveChat","description":"Connection to a LiveChat account. Leave it out if you do not use LiveChat.","type":"object","required":["credentials"],"additionalProperties":true,"properties":{"credentials":{"order":0,"title":"Credentials","description":"How source-chat signs in to LiveChat.","type":"object","oneOf":[{"title":"API Key","description":"For accounts that use the LiveChat REST API v2: loads agents and tickets.","type":"object","required":["auth_type","login","api_key"],"additionalProperties":true,"properties":{"auth_type":{"order":0,"title":"Type","type":"string","const":"api_key","default":"api_key"},"login":{"order":1,"title":"Login","description":"E-mail address of the agent whose key it is. An owner or administrator sees all agents and tickets; another agent sees only a part.","type":"string","pattern":"\\S","pattern_descriptor":"jane.doe@company.example","examples":["jane.doe@company.example"]},"api_key":{"order":2,"title":"API Key","description":"The agent's API key, or a personal access token made in the LiveChat Developer Console with the scopes agents--all:ro and tickets_read.","type":"string","pattern":"\\S","pattern_descriptor":"the key","airbyte_secret":true}}}]},"calls_per_minute":{"order":1,"title":"Calls per Minute","description":"How many API calls source-chat may make in any 60 seconds. Lower it if other tools share the account's limit.","type":"integer","minimum":1,"default":100},"price_per_1000_calls":{"order":2,"title":"Price per 1,000 Calls","description":"What LiveChat charges you for 1,000 API calls, in US dollars. Each sync ends with a line that says what its calls cost.","type":"number","minimum":0,"default":0.27},"base_url":{"order":3,"title":"Address of the API","description":"For tests and for companies that reach LiveChat through a gateway of their own. https only, except on this machine.","type":"string","default":"https://api.livechatinc.com","airbyte_hidden":true},"request_timeout_seconds":{"order":4,"title":"Request Timeout","description":"Seconds to wait for an answer to one call before it is tried again.","type":"number","minimum":0.1,"maximum":600,"default":60,"airbyte_hidden":true}}}}};
const pattern0 = new RegExp("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$", "");
const pattern1 = new RegExp("\\S", "");

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
if(data2.login === undefined){
const err6 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/required",keyword:"required",params:{missingProperty: "login"},message:"must have required property '"+"login"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data2.api_key === undefined){
const err7 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/required",keyword:"required",params:{missingProperty: "api_key"},message:"must have required property '"+"api_key"+"'"};
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
if("api_key" !== data3){
const err9 = {instancePath:instancePath+"/livechat/credentials/auth_type",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/properties/auth_type/const",keyword:"const",params:{allowedValue: "api_key"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data2.login !== undefined){
let data4 = data2.login;
if(typeof data4 === "string"){
if(!pattern1.test(data4)){
const err10 = {instancePath:instancePath+"/livechat/credentials/login",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/properties/login/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
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
const err11 = {instancePath:instancePath+"/livechat/credentials/login",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/properties/login/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data2.api_key !== undefined){
let data5 = data2.api_key;
if(typeof data5 === "string"){
if(!pattern1.test(data5)){
const err12 = {instancePath:instancePath+"/livechat/credentials/api_key",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/properties/api_key/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
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
const err13 = {instancePath:instancePath+"/livechat/credentials/api_key",schemaPath:"#/properties/livechat/properties/credentials/oneOf/0/properties/api_key/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
if(!valid2){
const err15 = {instancePath:instancePath+"/livechat/credentials",schemaPath:"#/properties/livechat/properties/credentials/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
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
let data6 = data1.calls_per_minute;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err16 = {instancePath:instancePath+"/livechat/calls_per_minute",schemaPath:"#/properties/livechat/properties/calls_per_minute/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 1 || isNaN(data6)){
const err17 = {instancePath:instancePath+"/livechat/calls_per_minute",schemaPath:"#/properties/livechat/properties/calls_per_minute/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
if(data1.price_per_1000_calls !== undefined){
let data7 = data1.price_per_1000_calls;
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 0 || isNaN(data7)){
const err18 = {instancePath:instancePath+"/livechat/price_per_1000_calls",schemaPath:"#/properties/livechat/properties/price_per_1000_calls/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/livechat/price_per_1000_calls",schemaPath:"#/properties/livechat/properties/price_per_1000_calls/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data1.base_url !== undefined){
if(typeof data1.base_url !== "string"){
const err20 = {instancePath:instancePath+"/livechat/base_url",schemaPath:"#/properties/livechat/properties/base_url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data1.request_timeout_seconds !== undefined){
let data9 = data1.request_timeout_seconds;
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 600 || isNaN(data9)){
const err21 = {instancePath:instancePath+"/livechat/request_timeout_seconds",schemaPath:"#/properties/livechat/properties/request_timeout_seconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600},message:"must be <= 600"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data9 < 0.1 || isNaN(data9)){
const err22 = {instancePath:instancePath+"/livechat/request_timeout_seconds",schemaPath:"#/properties/livechat/properties/request_timeout_seconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0.1},message:"must be >= 0.1"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/livechat/request_timeout_seconds",schemaPath:"#/properties/livechat/properties/request_timeout_seconds/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/livechat",schemaPath:"#/properties/livechat/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}
